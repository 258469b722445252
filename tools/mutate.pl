#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# mutate.pl [--sample N] [--seed S] [--files GLOB] [--jobs N]
#
# Plants one small fault at a time in the sources of models, sim and agents, runs the tests and
# lists the faults that no test saw. Each job works in its own copy of the tree. A fault that does
# not compile, or leaves the library's bytes as they were, is not counted and the next one is drawn.
# The kinds of fault take turns, so that constants do not crowd out the rest. The build has the gate's
# sanitizers, which see what no assertion does. Answers are kept: a run that was stopped goes on where
# it was, as long as no source and no test changed.
use strict;
use warnings;
use Cwd qw(abs_path);
use Digest::SHA ();
use Getopt::Long;
use POSIX ();
require './tools/source.pl';

my $BOUND_PERCENT = 15;
my %option = (sample => 200, seed => 1, files => '', jobs => 2);
GetOptions(\%option, 'sample=i', 'seed=i', 'files=s', 'jobs=i')
    or die "usage: ./dev mutate [--sample N] [--seed S] [--files GLOB] [--jobs N]\n";

my $NUMBER = qr{(?<![\w.\]])(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?![\w.])};

my %ACCUMULATE = ('+=' => '-=', '-=' => '+=', '*=' => '+=');
my %OPPOSITE = ('==' => '!=', '!=' => '==', '<' => '>', '>' => '<', '<=' => '>=', '>=' => '<=');
my %NEXT = ('<' => '<=', '<=' => '<', '>' => '>=', '>=' => '>');
# whole numbers only: between reals the next comparison changes nothing that can be measured
my $WHOLE = qr{(?:\d+(?![.\w])|[\w.>-]*\b(?:n|n_\w+|N_\w+|\w+_MAX|len\w*|size|capacity|count)\b)};
my $LEAVES = qr{(?:titr_fail|return|goto|continue|break)};
my $DECLARES = qr{^(?:(?:const|static|struct|unsigned) |\w+ \**\w+(?:\[\w*\])* =)};

# Kind -> pattern in bare code and what replaces it. A replacement of undef skips the place.
my @KINDS = (
    ['sign', qr{(?<=[\w\])] )[+-](?= [\w(*])}, sub { $_[0] eq '+' ? '-' : '+' }],
    ['operator', qr{(?<=[\w\])] )[*/](?= [\w(*])}, sub { $_[0] eq '*' ? '/' : '*' }],
    ['accumulate', qr{(?<= )[+*-]=(?= )}, sub { $ACCUMULATE{$_[0]} }],
    ['comparison', qr{(?<= )(?:==|!=|<=|>=|<|>)(?= )}, sub { $OPPOSITE{$_[0]} }],
    ['off by one', qr{(?<= )(?:<=|>=|<|>)(?= $WHOLE)}, sub { $NEXT{$_[0]} }],
    ['logic', qr{&&|\|\|}, sub { $_[0] eq '&&' ? '||' : '&&' }],
    ['negation', qr{(?<=[(\s])!(?=[\w(])}, sub { '' }],
    ['constant', $NUMBER, \&other_number],
    ['index', qr{\[\K[A-Z]+_\w+(?=[\] ])}, \&other_index],
    ['dropped check', qr{\bif \(\K[^\n]+(?=\) \{\n[^\n]*$LEAVES)}, sub { '0' }],
    ['dropped statement', qr{^ +\K[\w>.\[\]*() -]*\w[\w>.\[\]-]* [+*/-]?= [^;={}]*;(?=\n)}m,
        sub { $_[0] =~ $DECLARES ? undef : ';' }],
);

sub other_number {
    my ($text) = @_;
    return $text + 1 if $text =~ /^\d+$/;
    return '1.0' if $text == 0;
    return sprintf '%.17g', $text * 1.1;
}

# The next enumerator with the same prefix that the file indexes with.
sub other_index {
    my ($text, $code) = @_;
    my ($prefix) = $text =~ /^([A-Z]+_)/;
    my %seen;
    my @same = grep { !$seen{$_}++ } $code =~ /\[(\Q$prefix\E\w+)(?=[\] ])/g;
    return undef if @same < 2;
    for my $i (0 .. $#same) { return $same[($i + 1) % @same] if $same[$i] eq $text }
    return undef;
}

# Every place of every kind in a file: {file, kind, at, length, text}.
sub places {
    my ($path) = @_;
    my $text = read_text($path);
    my $code = bare_code($text);
    $code =~ s{^(\s*#(?:[^\n\\]|\\\n|\\.)*)}{blank($1)}gem; # directives and macros
    my @found;
    for (@KINDS) {
        my ($kind, $pattern, $replace) = @$_;
        while ($code =~ /$pattern/g) {
            my ($at, $length) = ($-[0], $+[0] - $-[0]);
            my $old = substr $text, $at, $length;
            my $new = $replace->($old, $code);
            next if !defined $new || $new eq $old;
            push @found, {file => $path, kind => $kind, at => $at, length => $length, text => $new};
        }
    }
    return @found;
}

sub line_of { return 1 + (substr($_[0], 0, $_[1]) =~ tr/\n//) }

# The same order for the same seed, kinds taking turns.
sub order {
    my ($seed, @all) = @_;
    my %by_kind;
    $_->{key} = Digest::SHA::sha1_hex("$seed $_->{file} $_->{at} $_->{kind}") for @all;
    push @{$by_kind{$_->{kind}}}, $_ for sort { $a->{key} cmp $b->{key} } @all;
    my @ordered;
    while (%by_kind) {
        for my $kind (map { $_->[0] } @KINDS) {
            next if !$by_kind{$kind};
            push @ordered, shift @{$by_kind{$kind}};
            delete $by_kind{$kind} if !@{$by_kind{$kind}};
        }
    }
    return @ordered;
}

# The Criterion suites of a source's own tests: tests/<mirror>/test_<stem>.c and its neighbours.
sub own_suites {
    my ($path) = @_;
    my ($dir, $stem) = $path =~ m{^(.*)/([^/]+)\.[ch]$};
    my %suite;
    my $test = "tests/$dir/test_$stem.c";
    if (-f $test) {
        $suite{$_} = 1
            for read_text($test) =~ /^(?:Parameterized)?Test\((?:[^,()]*\*\s*\w+,\s*)?(\w+),/gm;
    }
    return sort keys %suite;
}

my $running = 0; # the process group that a job waits for

sub run {
    my ($log, $seconds, @command) = @_;
    my $pid = $running = fork // die "fork: $!\n";
    if ($pid == 0) {
        POSIX::setsid();
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $log or POSIX::_exit(126);
        open STDERR, '>&', \*STDOUT;
        exec @command or POSIX::_exit(127);
    }
    local $SIG{ALRM} = sub { die "timeout\n" };
    my $status = eval { alarm $seconds; waitpid $pid, 0; alarm 0; $? };
    alarm 0;
    return $status if defined $status;
    kill 'KILL', -$pid;
    waitpid $pid, 0;
    return -1;
}

sub write_text {
    my ($path, $text) = @_;
    open my $handle, '>', $path or die "$path: $!\n";
    print {$handle} $text;
    close $handle or die "$path: $!\n";
}

# A copy of the tree, configured and built without warnings and debug information.
sub prepare {
    my ($home) = @_;
    system('rm', '-rf', "$home/src") == 0 or die "rm: $!\n";
    for my $path (project_files()) {
        my ($dir) = "$home/src/$path" =~ m{^(.*)/};
        system('mkdir', '-p', $dir) if !-d $dir;
        write_text("$home/src/$path", read_text($path));
        chmod 0755, "$home/src/$path" if -x $path;
    }
    my $reference = abs_path('../shared/reference') // '/nonexistent';
    my @configure = ('cmake', '-S', "$home/src", '-B', "$home/build", '-G', 'Ninja',
        '-DCMAKE_C_COMPILER=clang-14', '-DCMAKE_BUILD_TYPE=None', '-DCMAKE_C_FLAGS=-O1 -w',
        '-DTITR_SANITIZE=address,undefined', '-DTITR_TESTS=ON',
        "-DTITR_REFERENCE_DIR=$reference",
        '-DTITR_SUNDIALS_DIR=' . ($ENV{TITR_SUNDIALS_DIR} // ''));
    run("$home/configure.log", 300, @configure) == 0 or die "see $home/configure.log\n";
    compile($home) or die "see $home/build.log\n";
}

sub compile {
    my ($home) = @_;
    my @command = ('cmake', '--build', "$home/build", '-j1', '--target', 'titrate_tests');
    return run("$home/build.log", 900, @command) == 0;
}

sub library_bytes {
    my ($home) = @_;
    return Digest::SHA->new(1)->addfile("$home/build/libtitrate.a", 'b')->hexdigest;
}

# True if the tests of this filter pass. A crash, a failure or a timeout is a fault seen.
sub tests_pass {
    my ($home, $seconds, $filter) = @_;
    my @command = ("$home/build/tests/titrate_tests", '-j1', '--fail-fast');
    push @command, '--filter', $filter if defined $filter;
    return run("$home/tests.log", $seconds, @command) == 0
        && read_text("$home/tests.log") !~ /Tested: 0|runtime error|LeakSanitizer/;
}

# By the tests of the source itself, which are quick, or by any.
sub is_seen {
    my ($home, $place, $seconds) = @_;
    my @suites = own_suites($place->{file});
    my $own = '@(' . join('|', @suites) . ')/*';
    return (@suites && !tests_pass($home, $seconds, $own)) || !tests_pass($home, $seconds);
}

# killed, survived, same (no byte changed) or broken (does not compile)
sub judge {
    my ($home, $place, $clean, $seconds) = @_;
    my $path = "$home/src/$place->{file}";
    my $text = read_text($place->{file});
    my $mutant = $text;
    substr $mutant, $place->{at}, $place->{length}, $place->{text};
    write_text($path, $mutant);
    my $answer = 'survived';
    if (!compile($home)) { $answer = 'broken' }
    elsif (library_bytes($home) eq $clean) { $answer = 'same' }
    elsif (is_seen($home, $place, $seconds)) { $answer = 'killed' }
    write_text($path, $text);
    return $answer;
}

sub describe {
    my ($place) = @_;
    my $text = read_text($place->{file});
    my ($old) = substr($text, $place->{at}, $place->{length}) =~ s/\s+/ /gr;
    my $line = line_of($text, $place->{at});
    my $source = (split /\n/, $text)[$line - 1] =~ s/^\s+//r;
    my $what = length $old ? "'$old' -> '$place->{text}'" : "added '$place->{text}'";
    return "$place->{file}:$line: $place->{kind}: $what in: $source";
}

# One job: every jobs-th place, until it has its share of faults that count.
sub work {
    my ($job, $state, $share, @mine) = @_;
    $SIG{INT} = $SIG{TERM} = sub { kill 'KILL', -$running if $running; POSIX::_exit(130) };
    my $home = "build/mutate/job$job";
    my %known = map { /^(\w+)\t(\w+)/ ? ($1 => $2) : () } -f $state ? read_lines($state) : ();
    my $counted = 0;
    my ($clean, $seconds);
    for my $place (@mine) {
        last if $counted >= $share;
        my $answer = $known{$place->{key}};
        if (!defined $answer) {
            if (!defined $clean) {
                prepare($home);
                $clean = library_bytes($home);
                my $start = time;
                tests_pass($home, 1800) or die "the suite fails without a fault: $home/tests.log\n";
                $seconds = 10 + 2 * (time - $start);
            }
            $answer = judge($home, $place, $clean, $seconds);
            open my $handle, '>>', $state or die "$state: $!\n";
            print {$handle} "$place->{key}\t$answer\t", describe($place), "\n";
            close $handle;
        }
        next if $answer eq 'same' || $answer eq 'broken';
        $counted++;
        next if defined $known{$place->{key}};
        my $now = POSIX::strftime('%H:%M:%S', localtime);
        printf "%s %d/%d %s %s\n", $now, $counted, $share, $answer, describe($place);
    }
}

sub fingerprint {
    my $sha = Digest::SHA->new(1);
    my $watched = qr{^(?:include|models|sim|agents|results|experiments|tests|tools/mutate)};
    $sha->addfile($_, 'b') for grep { $_ =~ $watched } project_files();
    return substr $sha->hexdigest, 0, 12;
}

sub matches_glob {
    my ($path, $glob) = @_;
    return 1 if $glob eq '';
    my $pattern = join '.*', map { quotemeta } split /\*/, $glob, -1;
    return $path =~ /^$pattern/;
}

$| = 1;
my @files = grep { m{^(?:models|sim|agents)/.*\.[ch]$} && matches_glob($_, $option{files}) }
    project_files();
my @places = order($option{seed}, map { places($_) } @files);
die "no place for a fault in '$option{files}'\n" if !@places;
mkdir 'build';
mkdir 'build/mutate';
my $print = fingerprint();
my $state = "build/mutate/answers-$print.tsv";
printf "%d places for a fault in %d files; %d wanted, %d jobs\n", scalar @places, scalar @files,
    $option{sample}, $option{jobs};
my $started = time;
my @children;
for my $job (0 .. $option{jobs} - 1) {
    my $share = int(($option{sample} + $option{jobs} - 1 - $job) / $option{jobs});
    my @mine = @places[grep { $_ % $option{jobs} == $job } 0 .. $#places];
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        eval { work($job, $state, $share, @mine); 1 } or do { print STDERR $@; POSIX::_exit(1) };
        POSIX::_exit(0);
    }
    push @children, $pid;
}
$SIG{INT} = $SIG{TERM} = sub { kill 'TERM', @children; exit 130 };
my $broken = 0;
for (@children) { waitpid $_, 0; $broken ||= $? }
die "a job stopped; what it found is kept in $state\n" if $broken;

my %chosen = map { $_->{key} => 1 } @places;
my (%n, %by_kind, @survivors);
for (read_lines($state)) {
    my ($key, $answer, $what) = /^(\w+)\t(\w+)\t(.*)$/ or next;
    next if !$chosen{$key};
    $n{$answer}++;
    my ($kind) = $what =~ /^\S+ ([^:]+):/;
    $by_kind{$kind}{$answer}++;
    push @survivors, $what if $answer eq 'survived';
}
$n{$_} //= 0 for qw(killed survived same broken);
my $total = $n{killed} + $n{survived};
print "\nsurvivors:\n", map { "  $_\n" } sort @survivors;
print "\nkind: faults, survived\n";
for my $kind (map { $_->[0] } @KINDS) {
    my ($k, $s) = map { $by_kind{$kind}{$_} // 0 } qw(killed survived);
    printf "  %-18s %4d %4d\n", $kind, $k + $s, $s if $k + $s;
}
my $percent = $total ? 100 * $n{survived} / $total : 100;
printf "mutate: planted %d, seen %d, survived %d (%.1f %%, bound %d %%), not counted: %d without "
    . "effect, %d that do not compile; %d s\n", $total, $n{killed}, $n{survived}, $percent,
    $BOUND_PERCENT, $n{same}, $n{broken}, time - $started;
exit($total > 0 && $percent <= $BOUND_PERCENT ? 0 : 1);
