import asyncio

from app.hot.state import HotState


async def test_a_code_opens_one_session(hot: HotState) -> None:
    code = await hot.offer_code()
    tokens = await asyncio.gather(*(hot.redeem_code(code) for _ in range(5)))
    (token,) = [token for token in tokens if token is not None]
    assert await hot.has_session(token)
    assert not await hot.has_session(code)


async def test_codes_and_sessions_run_out(hot: HotState) -> None:
    late = await hot.offer_code(seconds=0.05)
    token = await hot.redeem_code(await hot.offer_code(), seconds=0.05)
    await asyncio.sleep(0.1)
    assert await hot.redeem_code(late) is None
    assert token is not None
    assert not await hot.has_session(token)


async def test_nobody_gets_in_by_guessing(hot: HotState) -> None:
    assert await hot.redeem_code("") is None
    assert not await hot.has_session("")
