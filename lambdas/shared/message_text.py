"""Text as SQS takes it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html."""

import re

NOT_OF_SQS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """JSON text with every character that SQS does not take written as an escape, which means the same in a string."""
    return NOT_OF_SQS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
