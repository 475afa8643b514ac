"""How the server serves: bodies are read before a thread is taken for them, and slow work takes nobody else's thread.

main.py           starts the processes: ``python -m salesos.serving``
application.py    what a process does with each request, from its head to a thread
bodies.py         bodies that are still arriving: how long, how many, how large
threads.py        the threads that do the work
environ.py        a request as WSGI, which Django takes, and Django's answer
granian_internals.py   all that is used of granian beside its documented interfaces
"""
