"""What alembic runs: the migrations, in the transaction that `feedback.migrate` has opened."""


def _run() -> None:
    from alembic import context

    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()


_run()
