from tests.state.conftest import server

__all__ = ["server"]
