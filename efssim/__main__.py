"""`python -m efssim`: the command line."""

from efssim.cli import main

if __name__ == "__main__":
    main()
