//! The engine that walks a procedure: which steps are open, what finishing one opens. It knows no procedure by name.
