"""The database of one service: its pool, its sessions, and the single place that commits.

The engine runs in the driver's autocommit mode and this module opens the driver's own
transaction around each session. Two things follow: hand-written statements on
`driver(session)` and statements of the session share one transaction, and a stray
``session.commit()`` elsewhere commits nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg.transaction import Transaction as DriverTransaction

Connection: TypeAlias = "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]"

_NATIVE = "driver"
_COMMIT = "COMMIT;"
"""What the driver's `Transaction` sends, to the letter."""
_ROLLED_BACK = "ROLLBACK"
_LOST = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver meets a connection that died while idle
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    ConnectionError,
    OSError,
)


class _Connection(asyncpg.Connection):
    """A connection whose COMMIT either commits or raises.

    PostgreSQL answers the COMMIT of a transaction that it has aborted with ROLLBACK and no error:
    whoever had swallowed the statement's own error would be told that all is stored.
    """

    @override
    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        status: str = await super().execute(query, *args, timeout=timeout)
        if status == _ROLLED_BACK and query == _COMMIT:
            raise asyncpg.InFailedSQLTransactionError(
                "the transaction was aborted by an error that somebody swallowed"
            )
        return status


class WriteSession(AsyncSession):
    """A session inside a transaction that `Database.begin` commits."""


class ReadSession(AsyncSession):
    """A session inside a REPEATABLE READ, READ ONLY transaction: one unmoving picture."""


class Database:
    """One service's database as one process sees it.

    Args:
        url: ``postgresql://role:password@host:port/database``.
        application_name: shown in ``pg_stat_activity``, so that an operator sees who waits.
        pool_size: connections at most; a caller waits two seconds for one, then fails.
        statement_timeout: seconds; workers that move millions of rows pass more.

    """

    def __init__(
        self,
        url: str,
        *,
        application_name: str,
        pool_size: int = 16,
        statement_timeout: float = 30.0,
    ) -> None:
        self._url = url
        self._server_settings = {
            "application_name": application_name,
            "timezone": "UTC",
            "jit": "off",
            "lock_timeout": "2s",
            "statement_timeout": f"{statement_timeout:g}s",
            "idle_in_transaction_session_timeout": "30s",
        }
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            connect_args={
                "connection_class": _Connection,
                "timeout": 5,
                "command_timeout": statement_timeout + 5,
                "server_settings": self._server_settings,
            },
        )

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[WriteSession]:
        """Open a transaction, commit it when the block ends, roll it back when it raises.

        The commit is over before this returns, so an answer sent afterwards is true.
        Deferred constraints, serialization failures and deadlocks are raised from here.
        """
        async with self._transaction() as (connection, native):
            session = WriteSession(bind=connection, expire_on_commit=False, autoflush=False)
            session.info[_NATIVE] = native
            try:
                yield session
                await _flush_pending(session)
            finally:
                await _close_used(session)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """Open a read-only transaction that sees one picture of the data throughout."""
        opened = self._transaction(isolation="repeatable_read", readonly=True)
        async with opened as (connection, native):
            session = ReadSession(bind=connection, expire_on_commit=False, autoflush=False)
            session.info[_NATIVE] = native
            try:
                yield session
            finally:
                await _close_used(session)

    async def connect(self) -> asyncpg.Connection[Any]:
        """Open a connection of its own, outside the pool (session locks); the caller closes it."""
        return await asyncpg.connect(
            self._url,
            timeout=5,
            server_settings=self._server_settings,
            connection_class=_Connection,
        )

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()

    @asynccontextmanager
    async def _transaction(
        self, *, isolation: str | None = None, readonly: bool = False
    ) -> AsyncIterator[tuple[AsyncConnection, asyncpg.Connection[Any]]]:
        connection, native, transaction = await self._started(isolation, readonly=readonly)
        try:
            try:
                yield connection, native
            except BaseException:
                await asyncio.shield(_roll_back(connection, transaction))
                raise
            await _commit(connection, transaction)
        finally:
            await asyncio.shield(connection.close())

    async def _started(
        self, isolation: str | None, *, readonly: bool
    ) -> tuple[AsyncConnection, asyncpg.Connection[Any], DriverTransaction]:
        """Return a connection with a transaction begun on it.

        BEGIN doubles as the check that a pooled connection still lives: after a restart of
        PostgreSQL each dead one is thrown away here instead of failing somebody's request.
        """
        attempts = self.engine.pool.size() + 1  # type: ignore[attr-defined]  # QueuePool has it
        while True:
            attempts -= 1
            connection = await self.engine.connect()
            try:
                native = await _native(connection)
                transaction = native.transaction(isolation=isolation, readonly=readonly)  # type: ignore[arg-type]  # a Literal in the stubs
                await transaction.start()
            except _LOST:
                await connection.invalidate()
                await connection.close()
                if attempts <= 0:
                    raise
            except BaseException:
                await asyncio.shield(_discard(connection))
                raise
            else:
                return connection, native, transaction


async def driver(session: WriteSession | ReadSession) -> asyncpg.Connection[Any]:
    """Return the driver's connection inside the session's open transaction.

    For hand-written SQL (``$1``), COPY and hot paths. ``json`` and ``jsonb`` arrive decoded
    here and as text from `Database.connect`: select ``::text`` where both are possible.
    Pending ORM changes are flushed first, so that the statement sees them.
    """
    await _flush_pending(session)
    native: asyncpg.Connection[Any] = session.info[_NATIVE]
    return native


# Each step of SQLAlchemy's asyncio session switches to a greenlet and back, which costs as much
# as a short statement: a session that was never used for ORM or Core work is left alone.
async def _flush_pending(session: AsyncSession) -> None:
    if session.new or session.dirty or session.deleted:
        await session.flush()


async def _close_used(session: AsyncSession) -> None:
    if session.in_transaction() or session.new or session.identity_map:
        await session.close()


async def _native(connection: AsyncConnection) -> asyncpg.Connection[Any]:
    raw = await connection.get_raw_connection()
    native: asyncpg.Connection[Any] = raw.driver_connection  # type: ignore[assignment]  # asyncpg's
    return native


async def _commit(connection: AsyncConnection, transaction: DriverTransaction) -> None:
    try:
        await transaction.commit()
    except asyncpg.PostgresError:
        raise  # refused at the end (a deferred constraint): the server has rolled back
    except BaseException:
        # Lost or cancelled on the way: nobody knows, so nobody else may get this connection.
        await asyncio.shield(connection.invalidate())
        raise


async def _roll_back(connection: AsyncConnection, transaction: DriverTransaction) -> None:
    """Roll back; a connection that cannot is thrown away rather than handed to the next."""
    try:
        await transaction.rollback()
    except Exception:  # noqa: BLE001  whatever it was, the caller's own error is the one to see
        await connection.invalidate()


async def _discard(connection: AsyncConnection) -> None:
    with suppress(Exception):
        await connection.invalidate()
    await connection.close()
