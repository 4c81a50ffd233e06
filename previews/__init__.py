"""What a pull request would change: from `pulumi preview --json` of every stack to one Markdown comment."""
