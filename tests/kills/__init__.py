"""The long proof: harvests of the sample portal killed by SIGKILL at random points, some hundred times. `python -m tests.kills`"""
