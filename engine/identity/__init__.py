"""Who may come in and how. The door is `engine.accounts`.

roles          what an account may be, and what excludes each other
passwords      hashes and the policy (pure)
attempts       counting failures before checking, and locks
sealing        secrets that only this installation can read
second_factor  one-time codes (TOTP) and recovery codes
sessions       sessions on the server, whole and half-way
signing_in     from the password to the open session, step by step; confirming once more
links          one-time links to set a password
tokens         of the API
own            what everybody does with his own account
administering  what the security administrator does with those of others
founding       the first accounts of a new installation
actors         the person behind an account
"""
