"""The table of votes."""

revision, down_revision = "0001", None


def upgrade() -> None:
    import sqlalchemy as sa
    from alembic import op

    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("card_ids", sa.JSON, nullable=False),
        sa.Column("vote", sa.SmallInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("adapter", sa.Text),
        sa.Column("backend", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
    )
