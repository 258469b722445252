#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The tutorials as written: every command runs, and prints what the page says.
# perl tutorials.pl [--write] TITRATE SOURCE_DIR PAGE...
#
# ```LANGUAGE FILE   the block is written to FILE
# ```console         "$ COMMAND" and what it prints, standard error included; a line of "..." stands
#                    for any lines. A Python script is skipped where its modules are missing.
# Other blocks are for reading. With --write the page gets what was printed.
use strict;
use warnings;
use Cwd qw(realpath);
use File::Temp qw(tempdir);

sub slurp { my ($path) = @_; open my $f, '<', $path or die "$path: $!\n"; local $/; return <$f> }
sub spill { my ($path, $text) = @_; open my $f, '>', $path or die "$path: $!\n"; print $f $text; close $f }

# The first Python that has the modules which the script imports, or undef.
sub python_for {
    my ($script) = @_;
    my @modules = slurp($script) =~ /^(?:import|from)\s+(\w+)/mg;
    my $imports = join '; ', map { "import $_" } grep { !-e "$_.py" } @modules;
    for my $python ('/usr/bin/python3', 'python3') {
        return $python if system("$python -c '$imports' 2>/dev/null") == 0;
    }
    return undef;
}

# What a command prints, or undef where it cannot run here.
sub printed {
    my ($command) = @_;
    if ($command =~ /^python3 (\S+)/) {
        my $python = python_for($1);
        return undef if !defined $python;
        $command =~ s/^python3/$python -B/;
    }
    return scalar `{ $command\n} 2>&1 </dev/null`;
}

sub matches {
    my ($got, $want) = @_;
    my $pattern = join '', map { $_ eq "...\n" ? '(?:.*\n)*' : quotemeta } $want =~ /(.*\n)/g;
    return $got =~ /\A$pattern\z/;
}

# One console block. @return the block as it should be.
sub run_block {
    my ($page, $block, $count) = @_;
    my $out = '';
    my @parts = split /^(?=\$ )/m, $block;
    for (@parts) {
        my ($command, $want) = /\A\$ (.*?(?:\\\n.*?)*)\n(.*)\z/s or die "$page: no command in:\n$_";
        my $got = printed($command);
        if (!defined $got) {
            print "$page: skipped, a Python module is missing: $command\n";
            $count->{skipped}++;
            $out .= $_;
            next;
        }
        my $ok = matches($got, $want);
        $count->{$ok ? 'ok' : 'bad'}++;
        print "$page: $command\n--- printed\n$got--- the page says\n$want" if !$ok;
        $out .= $ok ? $_ : "\$ $command\n$got";
    }
    return $out;
}

sub run_page {
    my ($page, $text, $count) = @_;
    $text =~ s{^(```)(\w+)(?: (\S+))?\n(.*?)^```$}{
        my ($kind, $file, $body) = ($2, $3, $4);
        spill($file, $body) if defined $file;
        $body = run_block($page, $body, $count) if $kind eq 'console';
        "```$kind" . (defined $file ? " $file" : '') . "\n$body```"
    }gmse;
    return $text;
}

my $write = @ARGV && $ARGV[0] eq '--write' ? shift : undef;
my ($titrate, $source, @pages) = @ARGV;
die "usage: tutorials.pl [--write] TITRATE SOURCE_DIR PAGE...\n" if !@pages;
($titrate, $source) = map { realpath($_) } $titrate, $source;
@pages = map { realpath($_) } @pages;
(my $folder = $titrate) =~ s{/[^/]*$}{};
$ENV{PATH} = "$folder:$ENV{PATH}";
my %count = (ok => 0, bad => 0, skipped => 0);
for my $path (@pages) {
    my $work = tempdir(CLEANUP => 1);
    chdir $work or die "$work: $!\n";
    symlink "$source/experiments", 'experiments' or die "experiments: $!\n";
    (my $page = $path) =~ s{.*/}{};
    my $text = run_page($page, slurp($path), \%count);
    spill($path, $text) if $write;
    chdir '/';
}
my $n = $count{ok} + $count{bad};
printf "tutorials: compared %d of %d, ok %d, worst none, skipped %d%s\n", $n, $n + $count{skipped},
    $count{ok}, $count{skipped}, $count{skipped} ? ': Python modules missing' : '';
exit($count{bad} > 0 || $n == 0);
