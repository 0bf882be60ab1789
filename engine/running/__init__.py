"""What every command on an instance shares: its context, and settling what it changed."""
