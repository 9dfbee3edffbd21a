"""The languages of the pages: what there is to translate, whether it all is, and the catalogues."""
