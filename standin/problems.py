"""The stand-in's problems: some famous ones with their real figures, all others made up."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from html import escape
from itertools import chain
from random import Random

# As listed in May 2025: id, code, name, users, acceptance (%), votes up, votes down.
FAMOUS = (
    (1, "TEST", "Life, the Universe, and Everything", 221566, 33.15, 378, 75),
    (2, "PRIME1", "Prime Generator", 82235, 16.24, 645, 15),
    (3, "SBSTR1", "Substring Check (Bug Funny)", 1076, 7.08, 18, 10),
    (4, "ONP", "Transform the Expression", 44066, 49.38, 265, 7),
    (5, "PALIN", "The Next Palindrome", 20501, 10.77, 468, 16),
    (6, "ARITH", "Simple Arithmetics", 3053, 12.0, 19, 7),
    (7, "BULK", "The Bulk!", 526, 15.07, 6, 0),
    (8, "CMPLS", "Complete the Sequence!", 4471, 36.83, 33, 1),
    (11, "FCTRL", "Factorial", 60148, 45.06, 181, 6),
    (12, "MMIND", "The Game of Master-Mind", 777, 44.43, 1, 0),
    (13, "HOTLINE", "Hotline", 211, 16.33, 2, 0),
    (15, "SHPATH", "The Shortest Path", 7653, 24.04, 168, 11),
    (24, "FCTRL2", "Small factorials", 51077, 29.61, 166, 12),
    (42, "ADDREV", "Adding Reversed Numbers", 84557, 48.51, 129, 26),
    (54, "JULKA", "Julka", 23343, 27.51, 185, 22),
    (95, "STPAR", "Street Parade", 18521, 29.07, 331, 13),
    (297, "AGGRCOW", "Aggressive cows", 46656, 35.94, 1078, 4),
    (346, "COINS", "Bytelandian gold coins", 25908, 25.2, 550, 6),
    (394, "ACODE", "Alphacode", 22726, 27.37, 598, 18),
    (400, "TOANDFRO", "To and Fro", 23413, 55.58, 102, 12),
    (902, "HANGOVER", "Hangover", 17890, 62.79, 97, 40),
    (1025, "FASHION", "Fashion Shows", 27815, 46.41, 56, 26),
    (1030, "EIGHTS", "Triple Fat Ladies", 19185, 51.76, 147, 41),
    (1043, "GSS1", "Can you answer these queries I", 14144, 18.94, 573, 6),
    (1112, "NSTEPS", "Number Steps", 34098, 43.04, 100, 16),
    (1436, "PT07Y", "Is it a tree", 20961, 35.26, 353, 15),
    (1437, "PT07Z", "Longest path in a tree", 19993, 39.43, 409, 2),
    (2123, "CANDY", "Candy I", 29050, 44.2, 111, 12),
    (2148, "CANDY3", "Candy III", 20519, 25.32, 122, 68),
    (2727, "ARMY", "Army Strength", 14550, 41.24, 90, 50),
    (3267, "DQUERY", "D-query", 13578, 28.38, 473, 13),
    (3410, "SAMER08F", "Feynman", 34453, 57.47, 129, 7),
    (3442, "LASTDIG", "The last digit", 29921, 26.94, 207, 17),
    (4300, "AE00", "Rectangles", 26991, 49.76, 188, 12),
    (6219, "EDIST", "Edit distance", 13208, 33.13, 309, 4),
    (6256, "INVCNT", "Inversion Count", 17772, 31.9, 540, 7),
    (6470, "TDKPRIME", "Finding the Kth Prime", 7765, 27.22, 51, 3),
    (7974, "ACPC10A", "What’s Next", 48187, 35.24, 77, 24),
    (9032, "CUBEFR", "Cube Free Numbers", 4157, 31.73, 67, 2),
    (9948, "WILLITST", "Will it ever stop", 17918, 42.99, 150, 30),
    (11814, "EKO", "Eko", 16321, 26.84, 178, 6),
)
COUNT = 3_974  # classical problems in August 2025
SEED = 80_40
HIGHEST_ID = 42_600

# Distributions as pairs of a share of the problems and the number that so many do not exceed:
# the shape of the list of May 2025, without its most solved problems (difficulties are guessed).
Shape = tuple[tuple[float, float], ...]
USERS: Shape = (
    (0, 0), (0.01, 4), (0.05, 11), (0.1, 17), (0.25, 40), (0.4, 73), (0.5, 108), (0.6, 171),
    (0.75, 411), (0.9, 1546), (0.95, 3352), (0.98, 7730), (1, 12_000),
)  # fmt: skip
ACCEPTANCE: Shape = ((0, 3), (0.1, 15.55), (0.3, 24.19), (0.5, 30.68), (0.8, 42.96), (1, 69.66))
VOTES_UP: Shape = ((0, 0), (0.1, 1), (0.5, 4), (0.8, 15), (0.9, 36), (1, 270))
VOTES_DOWN: Shape = ((0, 0), (0.6, 0), (0.8, 1), (0.9, 3), (1, 30))
DIFFICULTY: Shape = ((0, 1), (0.5, 30), (1, 95))
RATED = 0.75

ADJECTIVES = (
    "Amber Ancient Bent Brave Bright Broken Calm Clever Cold Crooked Dancing Dizzy Drunken Dusty "
    "Empty Endless Fancy Fierce Forgotten Frozen Gentle Giant Golden Greedy Hidden Hollow Humble "
    "Hungry Idle Iron Jolly Lazy Little Lonely Lost Lucky Mad Magic Misty Modest Narrow Noisy "
    "Odd Patient Polite Proud Quick Quiet Random Rusty Secret Shy Silent Silver Sleepy Spiral "
    "Stubborn Tangled Tiny Twisted Vain Wandering Wild Wise"
).split()
NOUNS = (
    "Ants Arrays Bakers Bridges Cables Candles Cards Castles Chains Circles Clocks Coins Cranes "
    "Cubes Dice Doors Dragons Elevators Farmers Fences Ferries Flowers Frogs Gardens Ghosts "
    "Gnomes Graphs Hats Islands Jugglers Kings Kites Knots Ladders Lakes Lamps Ledgers Lilies "
    "Lockers Maps Marbles Mazes Mirrors Necklaces Numbers Owls Painters Paths Pearls Pirates "
    "Planets Polygons Potions Queues Rivers Robots Roots Sailors Sequences Shadows Sheep Stacks "
    "Stones Strings Tiles Towers Trains Trees Tunnels Turtles Walls Wells Wizards"
).split()
NUMERALS = " Two Three Four Five Seven Nine Ten Twelve Thirteen Twenty Forty Hundred".split(" ")
LABEL = "(made up)"

# Names that SPOJ serves in odd ways: as they read, and as they stand in the page.
ODD_NAMES = (
    ("C ++ and Other Tongues", "C &#43&#43 and Other Tongues"),
    ("Olga' Fortune", "Olga&#39 Fortune"),
    ("What’s Left", "What&#8217;s Left"),
    ("Salt & Pepper", "Salt & Pepper"),
    ('The "Easy" One', 'The "Easy" One'),
    ("Two  Spaces", "Two  Spaces"),
    ("Łódź by Night", "Łódź by Night"),
    ("Erdős and the Cake", "Erd&#337;s and the Cake"),
    ("a < b < c", "a &lt; b &lt; c"),
    ("Déjà Vu", "Déjà Vu"),
    ("50% Off", "50% Off"),
    ("<b>Bold</b> Moves", "&lt;b&gt;Bold&lt;/b&gt; Moves"),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One problem of the list; `html` is its name as it stands in the page."""

    id: int
    code: str
    name: str
    html: str
    users: int
    acceptance: float | None
    votes_up: int | None = None
    votes_down: int | None = None
    concept: int | None = None
    implementation: int | None = None


def problems(count: int = COUNT, seed: int = SEED) -> list[Entry]:
    """`count` problems by ascending id: the famous ones (as many as fit), the rest made up."""
    random = Random(seed)
    famous = [
        Entry(
            id=id_, code=code, name=name, html=escape(name, quote=False), users=users,
            acceptance=acceptance, votes_up=up, votes_down=down,
        )
        for id_, code, name, users, acceptance, up, down in FAMOUS[:count]
    ]  # fmt: skip
    taken = {entry.id for entry in famous}
    free = [id_ for id_ in range(FAMOUS[7][0] + 1, HIGHEST_ID) if id_ not in taken]
    ids = sorted(random.sample(free, count - len(famous)))
    made_up = (_made_up(random, n, id_) for n, id_ in enumerate(ids))
    return sorted(chain(famous, made_up), key=lambda entry: entry.id)


def _made_up(random: Random, n: int, id_: int) -> Entry:
    adjective, noun = random.choice(ADJECTIVES), random.choice(NOUNS)
    name = html = f"{random.choice(NUMERALS)} {adjective} {noun}".strip()
    if n % 97 == 0:
        name, html = ODD_NAMES[n // 97 % len(ODD_NAMES)]
    users = int(_draw(random, USERS))
    rated = random.random() < RATED
    return Entry(
        id=id_,
        code=f"MU_{adjective[:2]}{noun[:3]}{n}".upper(),
        name=f"{name} {LABEL}",
        html=f"{html} {LABEL}",
        users=users,
        acceptance=round(_draw(random, ACCEPTANCE), 2) if users else 0,
        votes_up=int(_draw(random, VOTES_UP)) if rated else None,
        votes_down=int(_draw(random, VOTES_DOWN)) if rated else None,
        concept=int(_draw(random, DIFFICULTY)) if rated else None,
        implementation=int(_draw(random, DIFFICULTY)) if rated else None,
    )


def _draw(random: Random, shape: Shape) -> float:
    """A number distributed as `shape`, straight lines between its points."""
    share = random.random()
    right = bisect([point[0] for point in shape], share)
    (x0, y0), (x1, y1) = shape[right - 1], shape[right]
    return y0 + (y1 - y0) * (share - x0) / (x1 - x0)
