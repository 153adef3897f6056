"""Reviews: verdicts and their undoing, the label that follows from them, and who said what.

`queue` has the photos that wait for a moderator, `quality` the figures about the verdicts. Nothing
else of the product is needed here but the models; views, the admin and tasks call these functions.
"""
