from gradc.errors import fail
def diagnose(tree, table, terminals, states, parts, token):
    return fail("G100", f"unexpected {tree.span(token).text!r} state accepts {table.accepts(states[-1])}", tree.span(token))
