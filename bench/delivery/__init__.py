"""How long it takes to deliver a site, renew it and remove it: this project beside what people use instead."""
