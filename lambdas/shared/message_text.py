"""Messages of the inbound queues, as SQS takes them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
"""

import re

SOURCE_ATTRIBUTE = "source"  # of a message: the source system that its payload is of

_NOT_OF_SQS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_text_of_sqs(text: str) -> bool:
    """Whether a message can have brought the text."""
    return _NOT_OF_SQS.search(text) is None


def escaped(text: str) -> str:
    """JSON text with every character that SQS does not take written as an escape, which means the same in a string."""
    return _NOT_OF_SQS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
