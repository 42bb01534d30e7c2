//! Working time: zones, calendars, holidays, office hours. It must not know runs or steps.
