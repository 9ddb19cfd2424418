"""How the site answers: what was asked, by whose work, in what form.

A package and no plugins, because plugins can't import each other and have no byte code.
"""
