"""The commands of `nianbao`, a module each; every module calls its command `command`."""
