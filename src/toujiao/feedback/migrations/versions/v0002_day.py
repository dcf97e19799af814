"""The day whose rules the answer used; unknown for the votes that are there already."""

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    import sqlalchemy as sa
    from alembic import op

    op.add_column("votes", sa.Column("as_of", sa.Date))
