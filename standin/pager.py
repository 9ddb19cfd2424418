"""The list's pager in SPOJ's two markups."""

from math import ceil

WIDTH = 11


class _Pager:
    """The page numbers around the current one, WIDTH of them, and links."""

    def __init__(self, start: int, size: int, total: int, sort: int) -> None:
        self.size, self.sort = size, sort
        self.pages = max(1, ceil(total / size))
        self.page = start // size
        first = max(0, min(self.page - WIDTH // 2, self.pages - WIDTH))
        self.numbers = range(first, min(first + WIDTH, self.pages))

    def link(self, page: int, text: str) -> str:
        href = f"/problems/classical/sort={self.sort},start={page * self.size}"
        return f'<a href="{href}" class="pager_link">{text}</a>'


def old_pager(start: int, size: int, total: int, sort: int) -> str:
    pager = _Pager(start, size, total, sort)
    cell = '<td class="navigationcenter" width="4%">{}</td> \n'
    before, after = "<i>Previous</i>", "<i>Next</i>"
    if pager.page > 0:
        before = pager.link(0, "&lt;") + " " + pager.link(pager.page - 1, " Previous")
    if pager.page < pager.pages - 1:
        after = pager.link(pager.page + 1, "Next") + " " + pager.link(pager.pages - 1, "&gt;")
    numbers = "".join(
        cell.format(f"&nbsp;{n + 1}" if n == pager.page else pager.link(n, f"&nbsp;{n + 1}"))
        for n in pager.numbers
    )
    return (
        f'<table class="navigation" width="99%">\n<tr><td align="left" width="27%">\n{before}</td>'
        f'{numbers}<td align="right" width="25%">\n{after}</td></table>'
    )


def modern_pager(start: int, size: int, total: int, sort: int) -> str:
    pager = _Pager(start, size, total, sort)

    def item(page: int, text: str, is_enabled: bool) -> str:
        if is_enabled:
            return f"<li>{pager.link(page, text)}</li>\n"
        return f'<li class="disabled"><span>{text}</span></li>\n'

    ahead, back = pager.page < pager.pages - 1, pager.page > 0
    numbers = "".join(
        f'<li class="active"><span>{n + 1}</span></li> \n'
        if n == pager.page
        else item(n, str(n + 1), True)
        for n in pager.numbers
    )
    return (
        '<ul class="pagination" style="">\n'
        + item(0, "&lt;", back)
        + item(pager.page - 1, "Previous", back)
        + numbers
        + item(pager.page + 1, "Next", ahead)
        + item(pager.pages - 1, "&gt;", ahead)
        + "</ul>"
    )
