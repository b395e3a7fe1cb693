"""Runs a program in a pseudo-terminal, as prompt.rs says, and prints what was on the screen."""
import codecs, fcntl, os, pty, re, select, struct, sys, termios, time

PATIENCE = 60
steps = sys.stdin.read().splitlines()
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))

seen = ""       # everything
fresh = ""      # what no step has waited for yet, without control sequences
decoder = codecs.getincrementaldecoder("utf-8")("replace")


def read(wait):
    global seen, fresh
    ready, _, _ = select.select([terminal], [], [], wait)
    if not ready:
        return True
    try:
        part = os.read(terminal, 65536)
    except OSError:
        part = b""
    # The editor asks where the cursor is, and a terminal answers.
    for _ in range(part.count(b"\x1b[6n")):
        os.write(terminal, b"\x1b[1;1R")
    text = decoder.decode(part)
    seen += text
    fresh += re.sub(r"\x1b\[[0-9;?>=<]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)", "", text)
    return bool(part)


def fail(step):
    sys.stderr.write(f"{step}\nnot on the screen:\n{fresh}\nall of it:\n{seen!r}\n")
    os.kill(child, 9)
    sys.exit(1)


for step in steps:
    verb, _, text = step.partition(" ")
    if verb == "send":
        # As one who types: the editor has drawn what was there before.
        while select.select([terminal], [], [], 0.2)[0]:
            if not read(0):
                break
        os.write(terminal, codecs.decode(text, "unicode_escape").encode("latin-1"))
        fresh = ""
        continue
    end = time.monotonic() + PATIENCE
    while text not in fresh:
        if time.monotonic() > end or not read(1):
            fail(step)
    fresh = fresh[fresh.index(text) + len(text):]
while read(5):
    pass
_, status = os.waitpid(child, 0)
sys.stdout.write(seen)
sys.exit(os.waitstatus_to_exitcode(status))
