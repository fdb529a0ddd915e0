"""Other people's formats: AWS accounts in; later captures, tickets and command lines out."""
