"""Fills the stores of all services with one world, or opens them as they were left."""

import json
from dataclasses import dataclass
from datetime import date

from include.core.errors import ConfigError
from include.sandbox.directory import directory_users
from include.sandbox.directory.users import User
from include.sandbox.home import SandboxHome, WorldCard, write_private
from include.sandbox.neo.store.neo_store import NeoStore
from include.sandbox.portal import PortalStore
from include.sandbox.soda import Dataset
from include.sandbox.world import World, build_world
from include.sandbox.world.packaged import registry


@dataclass(frozen=True)
class Stores:
    """The open stores, and the world they were filled with just now (None when they were there already)."""

    neo: NeoStore
    portal: PortalStore
    rues: Dataset
    users: list[User]
    card: WorldCard
    world: World | None

    def close(self) -> None:
        """Release all files."""
        self.neo.close()
        self.portal.close()
        self.rues.close()


def open_stores(home: SandboxHome, scale: str | None, seed: int | None, today: date, *, fresh: bool) -> Stores:
    """Open the stores of a home; on the first start, or when `fresh`, fill them with a new world.

    Without `scale` or `seed` the world at hand stays, whatever it is. Raises ConfigError when another one is asked for.
    """
    card = home.world_card()
    if fresh or card is None:
        home.wipe()
        return _filled(home, build_world(scale or "quick", 7 if seed is None else seed, today=today))
    if (scale or card.scale, card.seed if seed is None else seed) != (card.scale, card.seed):
        raise ConfigError(
            str(home.folder),
            f"these stores hold the world {card.scale}, seed {card.seed}",
            "Leave --world and --seed out, use another --home, or start with --fresh, which forgets what happened",
        )
    users: list[User] = json.loads(home.path("directory.json").read_text(encoding="utf-8"))
    return Stores(*_opened(home), users, card, None)


def _opened(home: SandboxHome) -> tuple[NeoStore, PortalStore, Dataset]:
    return (
        NeoStore(home.path("neo.db")),
        PortalStore(home.path("portal.db")),
        Dataset(home.path("rues.db"), registry().columns),
    )


def _filled(home: SandboxHome, world: World) -> Stores:
    neo, portal, rues = _opened(home)
    for table, payloads in world.neo.items():
        neo.seed(table, payloads)
    for stream, records in world.portal.items():
        portal.seed(stream, records)
    rues.load(world.rues)
    users = directory_users(world.advisors)
    write_private(home.path("directory.json"), json.dumps(users, ensure_ascii=False))
    write_private(home.path("truth.json"), json.dumps(world.truth, ensure_ascii=False))
    home.write_world_card(world.scale.name, world.seed, world.today.date())
    card = home.world_card()
    if card is None:
        raise RuntimeError("the world's card vanished while it was written")
    return Stores(neo, portal, rues, users, card, world)
