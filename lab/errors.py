"""The one kind of error that the lab shows to a person."""


class LabError(Exception):
    """Something that the user can understand and mend.

    The text says what is wrong and what to do about it. `code` is the exit code of the command: 1
    for a failure, 2 for a machine or a call that cannot work.
    """

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code
