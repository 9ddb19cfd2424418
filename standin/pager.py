"""The list's pager in SPOJ's two markups."""

from math import ceil

MAX_PAGE_LINKS = 11


class _Pager:
    """The page numbers around the current one, at most MAX_PAGE_LINKS, and their links."""

    def __init__(self, start: int, size: int, total: int) -> None:
        self.size, self.page = size, start // size
        self.last_page = max(0, ceil(total / size) - 1)
        first_page = max(
            0, min(self.page - MAX_PAGE_LINKS // 2, self.last_page + 1 - MAX_PAGE_LINKS)
        )
        self.numbers = range(first_page, min(first_page + MAX_PAGE_LINKS, self.last_page + 1))

    def link(self, page: int, text: str) -> str:
        href = f"/problems/classical/sort=0,start={page * self.size}"
        return f'<a href="{href}" class="pager_link">{text}</a>'


def old_pager(start: int, size: int, total: int) -> str:
    pager = _Pager(start, size, total)
    cell = '<td class="navigationcenter" width="4%">{}</td> \n'
    previous_html, next_html = "<i>Previous</i>", "<i>Next</i>"
    if pager.page > 0:
        previous_html = pager.link(0, "&lt;") + " " + pager.link(pager.page - 1, " Previous")
    if pager.page < pager.last_page:
        next_html = pager.link(pager.page + 1, "Next") + " " + pager.link(pager.last_page, "&gt;")
    numbers = "".join(
        cell.format(f"&nbsp;{n + 1}" if n == pager.page else pager.link(n, f"&nbsp;{n + 1}"))
        for n in pager.numbers
    )
    return (
        f'<table class="navigation" width="99%">\n<tr><td align="left" width="27%">\n'
        f'{previous_html}</td>{numbers}<td align="right" width="25%">\n{next_html}</td></table>'
    )


def modern_pager(start: int, size: int, total: int) -> str:
    pager = _Pager(start, size, total)

    def item(page: int, text: str, is_enabled: bool) -> str:
        if is_enabled:
            return f"<li>{pager.link(page, text)}</li>\n"
        return f'<li class="disabled"><span>{text}</span></li>\n'

    has_previous, has_next = pager.page > 0, pager.page < pager.last_page
    numbers = "".join(
        f'<li class="active"><span>{n + 1}</span></li> \n'
        if n == pager.page
        else item(n, str(n + 1), True)
        for n in pager.numbers
    )
    return (
        '<ul class="pagination" style="">\n'
        + item(0, "&lt;", has_previous)
        + item(pager.page - 1, "Previous", has_previous)
        + numbers
        + item(pager.page + 1, "Next", has_next)
        + item(pager.last_page, "&gt;", has_next)
        + "</ul>"
    )
