"""Sign-in: what django-allauth and django-axes ask us, answered as domain rules want (GB/T 22239-2019, 身份鉴别)."""
