from pathlib import Path

import redis

from app.embedded import embedded_servers, running_redis_url


def test_every_second_goes_to_the_append_only_file(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        found = client.config_get("append*", "save", "port", "unixsocketperm")
        version = client.info("server")["valkey_version"]
    wanted = {"appendonly": "yes", "appendfsync": "everysec", "save": "", "port": "0", "unixsocketperm": "700"}
    assert {name: found[name] for name in wanted} == wanted
    assert version.startswith("9.")


def test_fresh_database_is_empty(fresh_redis_url: str) -> None:
    with redis.Redis.from_url(fresh_redis_url) as client:
        assert client.dbsize() == 0


def test_who_looks_for_it_from_outside_finds_it_and_makes_nothing(tmp_path: Path, data_dir: Path) -> None:
    unused = tmp_path / "unused"
    assert running_redis_url(unused) is None
    assert not unused.exists()
    for folder in (data_dir, tmp_path / ("deep" * 30)):
        with embedded_servers(folder, postgres=False, valkey=True) as endpoints:
            assert running_redis_url(folder) == endpoints.redis_url
            with redis.Redis.from_url(str(running_redis_url(folder))) as client:
                assert client.ping()
        assert running_redis_url(folder) is None
