"""From what moderators confirmed to a better model in production, or a reason why not."""
