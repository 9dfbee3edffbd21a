"""Why an address was not, or could not be, asked."""


class Refused(Exception):
    """The text is a sentence that the owner of the address may read."""


class Forbidden(Refused):
    """The address is not one that this installation may reach; nothing was sent."""


class Unreachable(Refused):
    """The address is allowed, but no complete answer came."""


class TooLarge(Refused):
    """What lies there has more bytes than were to be read."""


class Unwanted(Refused):
    """What lies there is, by its first bytes, not what was looked for."""
