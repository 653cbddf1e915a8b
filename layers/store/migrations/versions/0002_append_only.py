"""Let entries be added, never changed or deleted, and find those of one value quickly."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries are only ever added'; END $$
"""


def upgrade() -> None:
    """Set up the triggers and the index."""
    op.create_index("entry_slot", "entry", ["city", "kind", "subject", "field"])
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER entry_no_{change.lower()} BEFORE {change} ON entry "
                "BEGIN SELECT RAISE(ABORT, 'entries are only ever added'); END"
            )
    else:
        op.execute(_REFUSE)
        op.execute(
            "CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
