"""What the SQL linter needs to render the models: the filters of `include.store.sql`."""

from include.store.sql import literal, name

SQLFLUFF_JINJA_FILTERS = {"literal": literal, "name": name}
