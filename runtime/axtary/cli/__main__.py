from axtary.cli import main

main()
