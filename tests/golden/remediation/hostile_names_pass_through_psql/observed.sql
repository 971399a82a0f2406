CREATE TYPE "e line
break" AS ENUM ('x');
CREATE TYPE "e q""uote" AS ENUM ('x');
CREATE TYPE "e it's" AS ENUM ('x');
CREATE TYPE "e back\slash \! \n" AS ENUM ('x');
CREATE TYPE "e $$dollar$$" AS ENUM ('x');
CREATE TYPE "e :""PORT"" :name" AS ENUM ('x');
CREATE TYPE "e ü 数据" AS ENUM ('x');
CREATE TYPE "e */ -- ; DROP TABLE x; /*" AS ENUM ('x');
CREATE TYPE "e percent %I %s" AS ENUM ('x');
