"""Pure decisions: tables and values in, tables and values out. No I/O, no clock, no environment."""
