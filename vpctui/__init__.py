"""Walk one packet through an AWS VPC, hop by hop.

The layers, from the ground up; nothing imports upwards, and `tests/test_layers.py` holds that:

- `address`, `packet`: addresses as integers, the IP packet as a value; `document`, `schema`: a text document with its places, and what
  its fields may hold;
- `trace`: what happened to a packet, `Conversation` > `Leg` > `Hop` > `Step`;
- `engine`: the network as an immutable map of records, and the walk over it; it knows no AWS;
- `aws`: one file per resource, with what it does to a packet and what may be changed on it;
- `scenario`, `interop`: files in and out;
- `exploration`: a person's journey through a conversation, as a value;
- `describe`: an exploration as lines of text, in English and Japanese;
- `tui`: lines on the screen, keys into actions;
- `cli`: arguments and exit status.

`docs/tour.md` tells the story of one packet through all of them.
"""

__version__ = "0.1.0"
