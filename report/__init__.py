"""A stack as one page for people: what is deployed, what proves it, what is due. The lab gives the facts.

From the facts that the engine and the cluster gave (`facts`) a typed survey is made (`survey`), and of that the page
(`page`). All of it is pure but the reading of templates; what `make status` needs of it imports no library.
"""
