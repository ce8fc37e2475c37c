" ~/.vim/compiler/randmap.vim: ":compiler randmap", then ":make" fills the quickfix list with what is wrong in the
" directory of the file that is open.
if exists("current_compiler")
  finish
endif
let current_compiler = "randmap"

CompilerSet makeprg=randmap\ --check\ --format\ gcc\ -c\ %:p:h:S
CompilerSet errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tote:\ %m
