"""The floor below everything: the SQLite connection, the tables' shape, and how text compares."""
