"""`WS /ws`: live prices, games and everything that happens, for as many as want to follow. See docs/websocket.md.

`doors` lets people in, `clients` keeps what each has asked for and cannot take yet, `topics` know what the newest is,
`hubs` hear Redis once and tell all. Nothing here knows workers: a process that runs none serves it as well.
"""
