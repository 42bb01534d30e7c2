//! Persons, posts, dated assignments, NIP, ranks. It must not know runs.
