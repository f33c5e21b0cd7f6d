"""Where scores, listings and prices come from, and with which keys."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from app.settings.groups import Group


class FeedSettings(Group):
    """How one outside host is asked."""

    timeout: float = Field(10.0, gt=0)  # seconds
    per_second: float = Field(5.0, gt=0)  # requests
    tries: int = Field(4, ge=1)
    longest_wait: float = Field(30.0, gt=0)  # seconds between tries
    largest_answer: int = Field(64 * 1024 * 1024, ge=1024)  # bytes


class EspnSettings(FeedSettings):
    """The score source."""

    base_url: str = "https://site.api.espn.com/apis/site/v2/sports"


class VenueSettings(FeedSettings):
    """A venue's hosts and keys. One that nobody can trade at with real money has neither of these two."""

    @property
    def has_key(self) -> bool:
        """Whether orders can be signed."""
        return False

    @property
    def orders_url(self) -> str | None:
        """The host that takes orders."""
        return None


class PolymarketSettings(VenueSettings):
    """Gamma, the catalogue of Polymarket; and the CLOB, its order books."""

    gamma_url: str = "https://gamma-api.polymarket.com"
    clob_url: str = "https://clob.polymarket.com"
    socket_url: str = "wss://ws-subscriptions-clob.polymarket.com/ws/market"
    location_url: str = "https://polymarket.com/api/geoblock"  # always asked by the direct route
    user_socket_url: str = "wss://ws-subscriptions-clob.polymarket.com/ws/user"
    data_url: str = "https://data-api.polymarket.com"  # what a wallet holds
    proxy: SecretStr | None = None  # for reading order books, and nothing else
    private_key: SecretStr | None = None  # of the wallet that signs orders: 64 hexadecimal digits
    private_key_file: Path | None = None  # the same in a file that its owner alone can read
    signature_type: int = Field(0, ge=0, le=3)  # 0 the key's own address, 1 a proxy, 2 a safe, 3 a deposit wallet
    funder: str | None = None  # the address that holds the money; none: the key's own
    books_a_connection: int = Field(100, ge=1, le=250)  # two tokens each; the venue takes about 500
    per_second: float = Field(10.0, gt=0)  # the host's own limit is 50 a second for /events
    orders_per_second: float = Field(20.0, gt=0)  # the venue takes 40

    @property
    def has_key(self) -> bool:
        return self.private_key is not None or self.private_key_file is not None

    @property
    def orders_url(self) -> str:
        return self.clob_url

    @model_validator(mode="after")
    def refuse_two_keys_or_half_a_wallet(self) -> Self:
        if self.private_key is not None and self.private_key_file is not None:
            raise ValueError("POLYMARKET__PRIVATE_KEY and POLYMARKET__PRIVATE_KEY_FILE: name one of the two")
        if self.has_key and (self.signature_type == 0) != (self.funder is None):
            raise ValueError("POLYMARKET__FUNDER is for POLYMARKET__SIGNATURE_TYPE 1 to 3, and needed there")
        return self


class KalshiSettings(VenueSettings):
    """Kalshi's trade API v2."""

    base_url: str = "https://external-api.kalshi.com/trade-api/v2"
    socket_url: str = "wss://external-api-ws.kalshi.com/trade-api/ws/v2"
    key_id: str | None = None  # without a key the socket stays shut, and books are asked for over REST
    private_key_file: Path | None = None  # PEM; RSA or Ed25519
    books_a_connection: int = Field(1_000, ge=1)
    per_second: float = Field(10.0, gt=0)  # the basic tier allows 20
    orders_per_second: float = Field(8.0, gt=0)  # and of those that change something 10

    @property
    def has_key(self) -> bool:
        return self.key_id is not None

    @property
    def orders_url(self) -> str:
        return self.base_url

    @model_validator(mode="after")
    def refuse_half_a_key(self) -> Self:
        if (self.key_id is None) != (self.private_key_file is None):
            raise ValueError("KALSHI__KEY_ID and KALSHI__PRIVATE_KEY_FILE come together, or not at all")
        return self
