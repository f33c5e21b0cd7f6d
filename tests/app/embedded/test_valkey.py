import redis


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
