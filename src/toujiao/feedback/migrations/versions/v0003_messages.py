"""What the model saw and said; unknown for the votes that are there already."""

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    import sqlalchemy as sa
    from alembic import op

    op.add_column("votes", sa.Column("messages", sa.JSON))
